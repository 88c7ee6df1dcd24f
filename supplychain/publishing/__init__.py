"""Publishing a framework version: one person proposes, another approves, and both see first whose levels change."""
