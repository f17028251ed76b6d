"""Where a project and what it remembers are kept: the project folder, the journal of unsaved changes."""
