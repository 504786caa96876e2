export function FulfilmentsScreen() { return null; }
