"""The demonstration: the street's 2016 played through the workflow again, and a present day to work in."""
