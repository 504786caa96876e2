/** The sign of Instep: two steps that meet. */
export function Mark() {
  return <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden><rect width="32" height="32" rx="7" fill="#12688a" /><path d="M7 22h6v-6h6v-6h6" fill="none" stroke="#fff" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round" /></svg>;
}
