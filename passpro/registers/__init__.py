"""Outside registers: companies (SIRENE) and addresses (BAN); README.md says how they are chosen."""
