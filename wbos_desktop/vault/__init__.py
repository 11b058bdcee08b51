"""Key slots, the envelope file, the vault folder and its lock. No SQL, no Qt."""
