"""History: who did what when, in words, each reader's part of the audit trail."""
