"""What the operations of lead providers do."""
