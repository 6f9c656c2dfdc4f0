"""Official documents: one structure, a Word file and a PDF made from it, and the check that reads the PDF back."""
