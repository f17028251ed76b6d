"""Jobs with progress and cancel, the session that keeps layers in step with the project, undo."""
