"""What a person sees: progress, the table, the sentences in both languages."""
