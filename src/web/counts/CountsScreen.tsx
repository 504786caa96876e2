export function CountsScreen() { return null; }
