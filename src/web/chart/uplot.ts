/** uPlot, once the language it will ask for is known to be good. */
import './language.ts';
import uPlot from 'uplot';

export default uPlot;
