"""Where a forward's time goes: marked regions, the pass that looks into the model, and what is made of it."""
