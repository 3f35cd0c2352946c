"""What people enter, with its whole history: timetable, groups, attendance, corrections, rules."""
