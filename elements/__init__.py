"""What only a browser can run: scripts, style sheets, and the NiceGUI elements that stand beside them."""
