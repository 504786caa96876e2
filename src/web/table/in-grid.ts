/** Whether a control sits in a grid's cell, where arrow keys and Enter reach it and Tab passes by. */
import { createContext } from 'react';

export const InGrid = createContext(false);
