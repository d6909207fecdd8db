"""Reads the seeds that editions share: calendar words, names, schedules, statements and due declarations."""
