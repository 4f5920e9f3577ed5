/** The whole package under simulation: see README.md beside this file. */
import { testSeeds } from './seeds';

testSeeds(21, 100);
