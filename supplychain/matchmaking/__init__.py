"""Events where flagged suppliers and European buyers are proposed to each other."""
