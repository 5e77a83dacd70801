import styles from './a.module.css';
import * as React from 'react';
export { List as default } from './List';
export type { Props } from './List';
const Lazy = React.lazy(() => import('./Lazy'));
