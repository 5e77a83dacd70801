package com.example.app;

import java.util.List;
import java.util.concurrent.*;
import static java.lang.Math.max;
import static org.junit.Assert.*;
import Loose;

class Uses {
    List<String> names;
}
