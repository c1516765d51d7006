"""Training members: recipes, augmentation, the trainer, and the run folders that it leaves."""
