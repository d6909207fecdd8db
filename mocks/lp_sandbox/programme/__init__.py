"""What every edition of the training programme shares: records, dates, statements, histories and seeds."""
