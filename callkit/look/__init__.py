"""How callkit looks and speaks: colours, words, figures as SVG, and the parts of a page."""
