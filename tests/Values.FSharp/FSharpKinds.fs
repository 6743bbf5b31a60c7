namespace ActorPool.Values.FSharp

open System
open System.Collections.Generic
open System.Globalization
open ActorPool.Values
open ActorPool.Values.FSharp.Types

/// Values of F# programs. A probe writes what it found with the same text in every culture.
type FSharpKinds() =
    static let text (value: obj) = Convert.ToString(value, CultureInfo.InvariantCulture)
    static let texts (values: obj list) = String.Join(" ", values |> List.map text)

    // Where a delegate is expected, F# would take a function that returns a function for one of two arguments.
    static let functionKind name (make: unit -> 'T) (probe: 'T -> string) =
        Kind.Of<'T>(name, Func<'T>(make), Func<'T, string>(probe))

    // Two times that are equal in the zone of the tests' node, and not here.
    static let meeting () =
        let instant = DateTime(2026, 7, 1, 10, 30, 0, DateTimeKind.Utc)
        let isTokyo = TimeZoneInfo.Local.BaseUtcOffset = TimeSpan.FromHours 9.0
        let zone = if isTokyo then "America/New_York" else "Asia/Tokyo"
        let there = TimeZoneInfo.ConvertTimeFromUtc(instant, TimeZoneInfo.FindSystemTimeZoneById zone)
        [ instant.ToLocalTime(); DateTime.SpecifyKind(there, DateTimeKind.Unspecified) ]

    static let chain length =
        let mutable first: Node = null

        for i in 1..length do
            let node = Node(i)
            node.Next <- first
            first <- node

        first

    static let rec count (node: Node) total =
        if isNull node then total else count node.Next (total + 1)

    static let greeter prefix =
        { new IGreeter with
            member _.Greet name = prefix + name }

    interface IKindSource with
        member _.Create() : IEnumerable<Kind> =
            [ Kind.Of<int list>(
                  "F# list",
                  (fun () -> [ 1; 2; 3 ]),
                  (fun v -> texts [ List.sum v; v.Length; v = [ 1; 2; 3 ] ])
              )
              Kind.Of<int list>("F# list: empty", (fun () -> []), (fun v -> texts [ v.IsEmpty; v = [] ]))
              Kind.Of<int list>("F# list: 65 items", (fun () -> [ 1..65 ]), (fun v -> texts [ List.sum v; v.Length ]))
              Kind.Of<int list>(
                  "F# list: 100,000 items",
                  (fun () -> [ 1..100_000 ]),
                  (fun v -> texts [ v.Length; List.last v ])
              )
              Kind.Of<string list>(
                  "F# list of texts",
                  (fun () -> [ "a"; null ]),
                  (fun v -> texts [ v.Head; isNull v.Tail.Head ])
              )
              Kind.Of<int list list>(
                  "F# list of lists",
                  (fun () -> [ [ 1 ]; []; [ 2; 3 ] ]),
                  (fun v -> texts [ v.Length; List.concat v |> List.sum ])
              )
              Kind.Of<Person list>(
                  "F# list of records",
                  (fun () -> [ { Name = "a"; Age = 1 } ]),
                  (fun v -> texts [ v.Head.Name; v.Head.Age ])
              )
              Kind.Of<Shape list>(
                  "F# list of unions",
                  (fun () -> [ Circle 1.0; Empty; Rectangle(2.0, 3.0) ]),
                  (fun v -> text (List.sumBy area v))
              )
              Kind.Of<obj list>("F# list of objects", (fun () -> [ box 1; box "a" ]), (fun v -> texts v))
              Kind.Of<Map<string, int>>(
                  "F# map",
                  (fun () -> Map [ "a", 1; "B", 2 ]),
                  (fun v -> texts [ v["a"]; v.ContainsKey "b"; v.Count ])
              )
              Kind.Of<Map<string, int>>(
                  "F# map: added to",
                  (fun () -> Map [ "b", 1 ]),
                  (fun v -> texts (v.Add("a", 2) |> Map.toList |> List.map (fst >> box)))
              )
              Kind.Of<Map<string, int>>(
                  "F# map: empty",
                  (fun () -> Map.empty),
                  (fun v -> texts [ v.IsEmpty; (v.Add("a", 1))["a"] ])
              )
              Kind.Of<Map<Person, int>>(
                  "F# map: record keys",
                  (fun () -> Map [ { Name = "a"; Age = 1 }, 5 ]),
                  (fun v -> text (v[{ Name = "a"; Age = 1 }]))
              )
              Kind.Of<Map<Shape, int>>(
                  "F# map: union keys",
                  (fun () -> Map [ Circle 1.0, 1; Empty, 2 ]),
                  (fun v -> texts [ v[Circle 1.0]; v[Empty] ])
              )
              Kind.Of<Map<int * string, int>>(
                  "F# map: tuple keys",
                  (fun () -> Map [ (1, "a"), 5 ]),
                  (fun v -> text (v[(1, "a")]))
              )
              Kind.Of<Map<string, Map<string, int>>>(
                  "F# map of maps",
                  (fun () -> Map [ "a", Map [ "b", 1 ] ]),
                  (fun v -> text (v["a"]["b"]))
              )
              Kind.Of<Map<string, int>>(
                  "F# map: 1,000 items",
                  (fun () -> Map [ for i in 1..1000 -> string i, i ]),
                  (fun v -> texts [ v["777"]; v.Count ])
              )
              Kind.Of<Set<int>>(
                  "F# set",
                  (fun () -> Set [ 3; 1; 2 ]),
                  (fun v -> texts [ v.Contains 2; v.Contains 4; v.MinimumElement; v.Count ])
              )
              Kind.Of<Set<string>>(
                  "F# set: union of two",
                  (fun () -> Set [ "a"; "B" ]),
                  (fun v -> texts (v + Set [ "c" ] |> Set.toList |> List.map box))
              )
              Kind.Of<Set<int * string>>(
                  "F# set of tuples",
                  (fun () -> Set [ 1, "a"; 2, "b" ]),
                  (fun v -> texts [ v.Contains(2, "b"); v.Count ])
              )
              Kind.Of<Set<CaseInsensitive>>(
                  "F# set: comparison of its own",
                  (fun () -> Set [ { Text = "a" }; { Text = "A" } ]),
                  (fun v -> texts [ v.Count; v.Contains { Text = "A" } ])
              )
              Kind.Of<Set<Set<int>>>(
                  "F# set of sets",
                  (fun () -> Set [ Set [ 1 ]; Set [ 1; 2 ] ]),
                  (fun v -> texts [ v.Contains(Set [ 1 ]); v.Count ])
              )
              Kind.Of<int option>("F# option: some", (fun () -> Some 5), (fun v -> texts [ v.IsSome; v.Value ]))
              Kind.Of<int option>("F# option: none", (fun () -> None), (fun v -> texts [ v.IsNone; v = None ]))
              Kind.Of<string option list>(
                  "F# option: list",
                  (fun () -> [ Some "a"; None ]),
                  (fun v -> texts [ List.choose id v |> List.length ])
              )
              Kind.Of<int option option>(
                  "F# option of an option",
                  (fun () -> Some None),
                  (fun v -> texts [ v = Some None; v = None ])
              )
              Kind.Of<unit option>("F# option of unit", (fun () -> Some()), (fun v -> texts [ v.IsSome ]))
              Kind.Of<int voption>("F# voption", (fun () -> ValueSome 5), (fun v -> texts [ v.IsSome; v.Value ]))
              Kind.Of<string voption>("F# voption: none", (fun () -> ValueNone), (fun v -> texts [ v.IsNone ]))
              Kind.Of<Result<int, string>>("F# result: ok", (fun () -> Ok 5), (fun v -> text (v = Ok 5)))
              Kind.Of<Result<int, string>>("F# result: error", (fun () -> Error "e"), (fun v -> text (v = Error "e")))
              Kind.Of<Choice<int, string>>(
                  "F# choice",
                  (fun () -> Choice2Of2 "a"),
                  (fun v -> text (v = Choice2Of2 "a"))
              )
              Kind.Of<Person>(
                  "F# record",
                  (fun () -> { Name = "a"; Age = 1 }),
                  (fun v -> texts [ v.Name; v = { Name = "a"; Age = 1 } ])
              )
              Kind.Of<Point>("F# struct record", (fun () -> { X = 1.5; Y = 2.0 }), (fun v -> texts [ v.X; v.Y ]))
              Kind.Of<Mutable>(
                  "F# mutable record",
                  (fun () -> { Count = 1; Label = "a" }),
                  (fun v -> texts [ v.Count; v.Label ])
              )
              Kind.Of<Tagged<int list>>(
                  "F# generic record",
                  (fun () -> { Tag = "a"; Value = [ 1; 2 ] }),
                  (fun v -> texts [ v.Tag; v.Value.Length ])
              )
              Kind.Of<Folder>(
                  "F# recursive record",
                  (fun () -> { Heading = "a"; Folders = [ { Heading = "b"; Folders = [] } ] }),
                  (fun v -> text v.Folders.Head.Heading)
              )
              Kind.Of<Session>("F# record by reference", (fun () -> { User = "a" }), (fun v -> texts [ v.User; v = v ]))
              Kind.Of<CaseInsensitive>(
                  "F# record: equality of its own",
                  (fun () -> { Text = "a" }),
                  (fun v -> text (v = { Text = "A" }))
              )
              Kind.Of<{| A: int; B: string |}>(
                  "F# anonymous record",
                  (fun () -> {| A = 1; B = "x" |}),
                  (fun v -> texts [ v.A; v.B; v = {| A = 1; B = "x" |} ])
              )
              Kind.Of<struct {| A: int |}>(
                  "F# anonymous struct record",
                  (fun () -> struct {| A = 1 |}),
                  (fun v -> text v.A)
              )
              Kind.Of<Shape>(
                  "F# union: a case with fields",
                  (fun () -> Rectangle(2.0, 3.0)),
                  (fun v -> texts [ area v; v = Rectangle(2.0, 3.0) ])
              )
              Kind.Of<Shape>(
                  "F# union: a case without fields",
                  (fun () -> Empty),
                  (fun v -> texts [ area v; v = Empty ])
              )
              Kind.Of<Light>("F# union: only names", (fun () -> Amber), (fun v -> texts [ v = Amber; v < Green ]))
              Kind.Of<Dictionary<Light, int>>(
                  "F# union as key",
                  (fun () -> Dictionary(dict [ Amber, 2; Red, 1 ])),
                  (fun v -> texts [ v[Amber]; v[Red] ])
              )
              Kind.Of<Tree<int>>(
                  "F# union: recursive",
                  (fun () -> List.fold (fun t v -> insert v t) Leaf [ 3; 1; 2 ]),
                  (fun v -> text (size v))
              )
              Kind.Of<Expression>(
                  "F# union: expression",
                  (fun () -> Add(Number 1, Multiply(Number 2, Negate(Number 3)))),
                  (fun v -> text (evaluate v))
              )
              Kind.Of<Expression>(
                  "F# union: 5,000 deep",
                  (fun () -> Seq.fold (fun e _ -> Negate e) (Number 1) [ 1..5000 ]),
                  (fun v -> text (evaluate v))
              )
              Kind.Of<Amount>("F# struct union", (fun () -> Exact 5), (fun v -> texts [ v = Exact 5; v = Unknown ]))
              Kind.Of<Email>("F# union: private case", (fun () -> email "a@b"), (fun v -> text (emailText v)))
              Kind.Of<Id>("F# union: one case", (fun () -> Id Guid.Empty), (fun v -> text (v = Id Guid.Empty)))
              Kind.Of<Level>("F# enum", (fun () -> Level.High), (fun v -> texts [ v; int v ]))
              Kind.Of<int * string>("F# tuple", (fun () -> 1, "a"), (fun v -> texts [ fst v; snd v ]))
              Kind.Of<struct (int * string)>(
                  "F# struct tuple",
                  (fun () -> struct (1, "a")),
                  (fun (struct (a, b)) -> texts [ a; b ])
              )
              Kind.Of<int ref>("F# ref cell", (fun () -> ref 5), (fun v -> text v.Value))
              Kind.Of<float<metre>>(
                  "F# unit of measure",
                  (fun () -> 5.0<metre>),
                  (fun v -> text (float (v / 2.0<second>)))
              )
              Kind.Of<float<metre> list>(
                  "F# list of measures",
                  (fun () -> [ 1.0<metre>; 2.0<metre> ]),
                  (fun v -> text (float (List.sum v)))
              )
              Kind.Of<bigint>("F# bigint", (fun () -> 12345678901234567890I), (fun v -> text (v + 1I)))
              Kind.Of<unit>("F# unit", (fun () -> ()), (fun v -> text (v = ())))
              Kind.Of<int[]>("F# array", (fun () -> [| 1; 2 |]), (fun v -> text (Array.sum v)))
              Kind.Of<int[,]>(
                  "F# array of two dimensions",
                  (fun () -> array2D [ [ 1; 2 ]; [ 3; 4 ] ]),
                  (fun v -> texts [ v[1, 0]; Array2D.length2 v ])
              )
              Kind.Of<int[,]>(
                  "F# array of two dimensions, based",
                  (fun () -> Array2D.initBased 1 1 2 2 (fun i j -> i * j)),
                  (fun v -> texts [ v[2, 2]; Array2D.base1 v ])
              )
              Kind.Of<int seq>("F# seq: a list", (fun () -> [ 1; 2; 3 ] :> int seq), (fun v -> text (Seq.sum v)))
              Kind.Of<int seq>(
                  "F# seq: computed",
                  (fun () -> seq { for i in 1..4 -> i * i }),
                  (fun v -> text (Seq.sum v))
              )
              Kind.Of<int seq>("F# seq: cached", (fun () -> Seq.cache (seq { 1..3 })), (fun v -> text (Seq.sum v)))
              Kind.Of<IDictionary<string, int>>(
                  "F# dict",
                  (fun () -> dict [ "a", 1 ]),
                  (fun v -> texts [ v["a"]; v.IsReadOnly ])
              )
              Kind.Of<IReadOnlyDictionary<string, int>>(
                  "F# readOnlyDict",
                  (fun () -> readOnlyDict [ "a", 1 ]),
                  (fun v -> text (v["a"]))
              )
              Kind.Of<Dictionary<Person, int>>(
                  "F# dictionary with structural hashing",
                  (fun () -> Dictionary(dict [ { Name = "a"; Age = 1 }, 5 ], HashIdentity.Structural)),
                  (fun v -> text (v[{ Name = "a"; Age = 1 }]))
              )
              Kind.Of<HashSet<int list>>(
                  "F# set of lists by hash",
                  (fun () -> HashSet [ [ 1 ]; [ 2 ] ]),
                  (fun v -> text (v.Contains [ 2 ]))
              )
              Kind.Of<ResizeArray<int>>("F# ResizeArray", (fun () -> ResizeArray [ 1; 2 ]), (fun v -> text (Seq.sum v)))
              Kind.Of<Lazy<int>>("F# lazy", (fun () -> lazy (2 + 3)), (fun v -> text (v.Force())))
              Kind.Of<Async<int>>(
                  "F# async",
                  (fun () -> async { return 5 }),
                  (fun v -> text (Async.RunSynchronously v))
              )
              functionKind "F# function" (fun () -> (fun x -> x + 1)) (fun v -> text (v 4))
              functionKind
                  "F# function: with a capture"
                  (fun () -> let n = 5 in fun x -> x + n)
                  (fun v -> text (v 4))
              functionKind
                  "F# function: two arguments"
                  (fun () -> (fun a b -> a * b))
                  (fun v -> text (v 4 5))
              functionKind "F# function: partly applied" (fun () -> (+) 3) (fun v -> text (v 4))
              functionKind "F# function: composed" (fun () -> (fun x -> x + 1) >> string) (fun v -> v 4)
              Kind.Of<Rule>(
                  "F# function in a record",
                  (fun () -> { Title = "odd"; Matches = fun x -> x % 2 = 1 }),
                  (fun v -> text (v.Matches 3))
              )
              Kind.Of<Map<string, int -> int>>(
                  "F# functions in a map",
                  (fun () -> Map [ "a", (fun x -> x + 1) ]),
                  (fun v -> text ((v["a"]) 4))
              )
              Kind.Of<Func<int, int>>(
                  "F# delegate",
                  (fun () -> Func<int, int>(fun x -> x + 1)),
                  (fun v -> text (v.Invoke 4))
              )
              Kind.Of<exn>(
                  "F# exception",
                  (fun () -> OutOfStock("a", 3)),
                  (fun v -> match v with OutOfStock(item, left) -> texts [ item; left ] | _ -> "another")
              )
              Kind.Of<Account>(
                  "F# class",
                  (fun () -> Account("a", 5)),
                  (fun v -> texts [ v.Owner; v.Deposit 3; v.Deposits ])
              )
              Kind.Of<Counter>("F# class: member val", (fun () -> Counter(Value = 5)), (fun v -> text v.Value))
              Kind.Of<Animal>("F# abstract class", (fun () -> Dog "Rex" :> Animal), (fun v -> v.Say()))
              Kind.Of<IGreeter>("F# object expression", (fun () -> greeter "hello "), (fun v -> v.Greet "x"))
              Kind.Of<Node>("F# chain of 5,000", (fun () -> chain 5_000), (fun v -> text (count v 0)))
              Kind.Of<obj>(
                  "F# union as object",
                  (fun () -> box (Circle 1.0)),
                  (fun v -> match v with :? Shape as s -> text (area s) | _ -> "another")
              )
              Kind.Of<Type>("F# typeof", (fun () -> typeof<Shape>), (fun v -> text (v = typeof<Shape>)))
              Kind.Of<Microsoft.FSharp.Quotations.Expr<int>>(
                  "F# quotation",
                  (fun () -> <@ 1 + 2 @>),
                  (fun v -> text (v.Type = typeof<int>))
              )
              Kind.Of<DateTime option>(
                  "F# option of a local time",
                  (fun () -> Some(DateTime(2026, 7, 1, 10, 0, 0, DateTimeKind.Utc).ToLocalTime())),
                  (fun v -> text (v.Value.ToUniversalTime().Ticks))
              )
              Kind.Of<Map<DateTime, int>>(
                  "F# map of local and unspecified times",
                  (fun () -> Map.ofList [ for time in meeting () -> time, 1 ]),
                  (fun v -> text v.Count)
              )
              Kind.Of<Set<DateTime * int>>(
                  "F# set of tuples with local and unspecified times",
                  (fun () -> Set.ofList [ for time in meeting () -> time, 1 ]),
                  (fun v -> text v.Count)
              )
              Kind.Of<Tagged<Shape option>>(
                  "F# record with an option of a union",
                  (fun () -> { Tag = "a"; Value = Some(Circle 2.0) }),
                  (fun v -> text (area v.Value.Value))
              )
              Kind.Of<Stamped>(
                  "F# record with a hash from a module",
                  (fun () -> Stamps.stamp "a"),
                  (fun v -> text (Stamps.isWhole v))
              )
              Kind.Of<Handle>(
                  "F# union with a hash from a module",
                  (fun () -> Stamps.handle "a"),
                  (fun v -> text (v = Stamps.handle "a"))
              )
              Kind.Of<(Light * int) list>(
                  "F# list of tuples with unions",
                  (fun () -> [ Red, 1; Green, 3 ]),
                  (fun v -> texts [ List.sumBy snd v; fst v.Head = Red ])
              )
              Kind.Of<Paint>(
                  "F# value of a module",
                  (fun () -> Paints.red),
                  (fun v -> texts [ obj.ReferenceEquals(v, Paints.red); v.Name ])
              )
              Kind.Of<Paint>(
                  "F# static let",
                  (fun () -> Paint.Blue),
                  (fun v -> texts [ obj.ReferenceEquals(v, Paint.Blue); v.Name ])
              )
              Kind.Of<Paint>(
                  "F# static member val",
                  (fun () -> Paint.Green),
                  (fun v -> texts [ obj.ReferenceEquals(v, Paint.Green); v.Name ])
              )
              Kind.Of<Site>(
                  "F# value of a module with what the process has",
                  (fun () -> Paints.here),
                  (fun v -> text (v.Number = Paints.here.Number))
              )
              Kind.Of<Counter>(
                  "F# value of a module that can change",
                  (fun () -> Paints.shared),
                  (fun v -> text v.Value)
              )
              Kind.Of<Set<Counted>>(
                  "F# set: an item changed",
                  (fun () ->
                      let first = { Number = 1 }
                      let set = Set [ first; { Number = 5 } ]
                      first.Number <- 9
                      set),
                  (fun v -> text (v.Contains { Number = 9 }))
              )
              Kind.Of<Map<Counted, int>>(
                  "F# map: a key changed",
                  (fun () ->
                      let first = { Number = 1 }
                      let map = Map [ first, 1; { Number = 5 }, 2 ]
                      first.Number <- 9
                      map),
                  (fun v -> text (v.ContainsKey { Number = 9 }))
              ) ]
