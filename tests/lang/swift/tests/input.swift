import XCTest

final class TillTests: XCTestCase {
    func fixture() -> Till { Till() }

    func testOpens() {
        XCTAssertEqual(fixture().open(), 1)
    }

    func testing(with n: Int) {}
}

@Test("opens twice")
func opensTwice() {
    #expect(Till().open() == 2)
}
