fun greet(user: User): String {
    val name = user.name
    log("hello $name and ${user.full()} for \$name")
    return """
        $name costs $5
        ${user.pay}
    """
}
