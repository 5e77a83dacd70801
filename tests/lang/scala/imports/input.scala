package com.example
package app

import java.util.List
import java.util.concurrent._
import scala.collection.mutable.{Map, Set => MutableSet, _}
import x.y as z, p.q
import cats.syntax.all.*

export a.b.{c, d as e}

class Uses(names: List[String])
