"""What the doctor looks at, one matter a file: each look asks its own few questions and says what it found."""
