TEST(Suite, DoesThings)
{
	EXPECT_EQ(1, value());
}
TEST_F(Fixture, UsesFixture) { ASSERT_TRUE(ok_); }
BOOST_AUTO_TEST_CASE(boost_case) { check(); }
MY_FUNCTION(makes_function, int)
{
	return 1;
}
