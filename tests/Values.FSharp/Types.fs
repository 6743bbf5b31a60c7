/// The types of F# programs that the kinds are made of.
module ActorPool.Values.FSharp.Types

open System
open System.Collections.Generic

type Person = { Name: string; Age: int }

[<Struct>]
type Point = { X: float; Y: float }

type Mutable = { mutable Count: int; Label: string }

type Counted = { mutable Number: int }

type Tagged<'a> = { Tag: string; Value: 'a }

type Folder = { Heading: string; Folders: Folder list }

type Shape =
    | Circle of radius: float
    | Rectangle of width: float * height: float
    | Empty

type Light =
    | Red
    | Amber
    | Green

type Tree<'a> =
    | Leaf
    | Branch of Tree<'a> * 'a * Tree<'a>

type Expression =
    | Number of int
    | Add of Expression * Expression
    | Multiply of Expression * Expression
    | Negate of Expression

[<Struct>]
type Amount =
    | Exact of exact: int
    | Unknown

type Email = private Email of string

type Id = Id of Guid

type Level =
    | Low = 1
    | High = 9

[<Measure>]
type metre

[<Measure>]
type second

[<CustomEquality; CustomComparison>]
type CaseInsensitive =
    { Text: string }

    override this.Equals other =
        match other with
        | :? CaseInsensitive as that -> String.Equals(this.Text, that.Text, StringComparison.OrdinalIgnoreCase)
        | _ -> false

    override this.GetHashCode() = StringComparer.OrdinalIgnoreCase.GetHashCode this.Text

    interface IComparable with
        member this.CompareTo other =
            match other with
            | :? CaseInsensitive as that -> String.Compare(this.Text, that.Text, StringComparison.OrdinalIgnoreCase)
            | _ -> 1

[<ReferenceEquality>]
type Session = { User: string }

exception OutOfStock of item: string * left: int

type Account(owner: string, start: int) =
    let mutable balance = start
    let history = List<int>()
    member _.Owner = owner

    member _.Deposit amount =
        balance <- balance + amount
        history.Add amount
        balance

    member _.Deposits = history.Count

[<AbstractClass>]
type Animal() =
    abstract Say: unit -> string

type Dog(name: string) =
    inherit Animal()
    override _.Say() = name + " barks"

type IGreeter =
    abstract Greet: string -> string

type Rule = { Title: string; Matches: int -> bool }

type Counter() =
    member val Value = 0 with get, set

[<AllowNullLiteral>]
type Node(value: int) =
    member _.Value = value
    member val Next: Node = null with get, set

type Stamped = { Text: string; Code: int }

type Handle =
    | ByName of string
    | ByCode of code: int

module Stamps =
    let code (text: string) = hash text
    let stamp text = { Stamped.Text = text; Code = code text }
    let handle text = ByCode(code text)
    let isWhole (value: Stamped) = value.Code = code value.Text

let evaluate expression =
    let rec run expression =
        match expression with
        | Number n -> n
        | Add(a, b) -> run a + run b
        | Multiply(a, b) -> run a * run b
        | Negate a -> -(run a)

    run expression

let rec insert value tree =
    match tree with
    | Leaf -> Branch(Leaf, value, Leaf)
    | Branch(left, other, right) when value < other -> Branch(insert value left, other, right)
    | Branch(left, other, right) -> Branch(left, other, insert value right)

let rec size tree =
    match tree with
    | Leaf -> 0
    | Branch(left, _, right) -> size left + 1 + size right

let area shape =
    match shape with
    | Circle radius -> 3.0 * radius * radius
    | Rectangle(width, height) -> width * height
    | Empty -> 0.0

let email text = Email text

let emailText (Email text) = text

/// Colors that programs compare by reference.
type Paint(name: string) =
    static let blue = Paint "blue"
    static let mutable latest = Paint "none"
    member _.Name = name
    static member Blue = blue

    static member Latest
        with get () = latest
        and set value = latest <- value

    static member val Green = Paint "green"
    static member val Current = Paint "white" with get, set

/// What a program finds when it starts is no constant of the code.
type Site(number: int) =
    member _.Number = number

/// Objects that change, and records, which are compared by what they hold.
module Paints =
    let red = Paint "red"
    let mutable chosen = Paint "black"
    let here = Site Environment.ProcessId
    let shared = Counter()
    let someone = { Name = "a"; Age = Environment.ProcessId }
