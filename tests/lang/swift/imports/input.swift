import Foundation
import struct Shop.Orders.Line
@testable import Till
@_exported import Common.Tools
public import Reexported
