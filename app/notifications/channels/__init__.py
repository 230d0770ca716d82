"""Ways to reach people. Mail by SMTP is the first."""
