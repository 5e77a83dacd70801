import SwiftUI

/// A view.
///
/// With two lines.
@available(iOS 13, *)
@MainActor
struct Card: View {
    @State private var open = false
    @Wrap(limit: 3) var size: Int

    /** Its body. */
    var body: some View { Text("x").padding(.all) }

    // An ordinary comment counts too.
    @objc func tap() {} // trailing

    /// Far away.

    func bare() {}
}
