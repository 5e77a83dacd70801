import React from 'react';
import { useState, useEffect as effect } from 'react';
import * as path from 'node:path';
import main, { helper } from './lib/main.js';
import './side-effect.css';
const fs = require('fs');
const { join } = require("../join");
require('./only-run');
const lazy = () => import('./lazy.js');

effect(path.join(fs, helper), React, main, useState, join);
