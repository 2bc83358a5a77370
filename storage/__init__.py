"""What is kept: tables, queries, landing files, migrations. SQL lives here and nowhere else."""
