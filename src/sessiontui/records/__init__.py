"""How records become messages where several backends need it; pure."""
