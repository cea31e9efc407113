"""Figures with their conditions: ``python -m bench`` runs all, ``python -m bench whole`` one."""
