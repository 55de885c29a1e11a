"""Reading questions over private tables, and releasing only what a policy allows."""
