"""Groups of schools (教育集团、学区、共同体): which there are, and who belongs to them when."""
