"""The commands of `svardesk`, one file for each subject."""
