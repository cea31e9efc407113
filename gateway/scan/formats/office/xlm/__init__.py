"""Excel 4.0 macros: their formulas, the cells they stand in, and what they come to."""
