"""WeChat's side: it pushes, waits, pushes again, and shows what the user would see."""
