package org.shop

fun String.shout() = this + "!"
fun String?.orNone(): String = this ?: ""
fun List<Int>.total(): Int = sum()
fun org.shop.Cart.empty() {}
fun <T> Array<T>.second(): T = this[1]
