"""The measuring itself: loading, warm-up, the watched pass, the timed repetitions, the doubts."""
