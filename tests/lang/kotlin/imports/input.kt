package com.example.app

import java.util.List
import java.util.concurrent.*
import com.example.lib.Thing as Other
import kotlin.math.max

class Uses(val names: List)
