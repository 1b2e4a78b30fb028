"""WeChat's side: it pushes, waits, pushes again, and tells what the user would see."""
