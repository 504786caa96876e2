/** A score in a word: "good" from 90, "fair" from 70, "poor" below. */
export const gradeOf = (score: number): 'good' | 'fair' | 'poor' => (score >= 90 ? 'good' : score >= 70 ? 'fair' : 'poor');
